/** The request of every subject. */
export const model = 'bench';
export const messages = [{ role: 'user', content: 'What does backpressure mean?' }];

/** The tool that the tool-call stream calls. */
export const parameters = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
export const tools = [{ type: 'function', function: { name: 'store', parameters } }];
