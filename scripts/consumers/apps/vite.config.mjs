export default {
  logLevel: 'warn',
  build: { outDir: 'out', rolldownOptions: { input: 'page.js', output: { entryFileNames: 'page.js' } } },
};
