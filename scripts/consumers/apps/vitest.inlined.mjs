// Vitest transforms the package as it does the app, instead of leaving it to Node.
export default { test: { server: { deps: { inline: ['rxjs-chat-completions'] } } } };
