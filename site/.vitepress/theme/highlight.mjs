/** Returns TypeScript as HTML. The highlighter is loaded with the first call. */
export async function highlight(code) {
  const [{ default: hljs }, { default: typescript }] = await Promise.all([
    import('highlight.js/lib/core'),
    import('highlight.js/lib/languages/typescript'),
  ]);
  hljs.registerLanguage('typescript', typescript);
  return hljs.highlight(code, { language: 'typescript' }).value;
}
