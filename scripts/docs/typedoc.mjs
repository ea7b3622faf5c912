// The options of `npm run docs`. Paths are relative to this file.
import { entryPoints } from '../entry-points.mjs';

/** @type {import('typedoc').TypeDocOptions} */
export default {
  entryPoints: entryPoints.map(({ source }) => `../../${source}`),
  name: 'rxjs-chat-completions',
  out: '../../reference',
  projectDocuments: ['../../docs/*.md'],
  plugin: ['./plugin.mjs'],
  customCss: 'reference.css',
  highlightLanguages: ['typescript', 'javascript', 'html', 'json', 'shellscript', 'nginx'],
  ignoredHighlightLanguages: ['haproxy'],
  excludeExternals: true,
  // Parts of the types of others, which nobody writes by name.
  intentionallyNotExported: [
    'Known',
    'EventOf',
    'Extract',
    'InBandError',
    'FoldedChoice',
    'JsonScan',
    'Writable',
    'Authorized',
    'CauseOptions',
    'Headers',
    'MEANING',
    'NamesOf',
    'Recording',
    'TaggedErrorOptions',
    'TimedPart',
    'ToolInput',
    'ValueIn',
  ],
  disableSources: true,
  includeHierarchySummary: false,
  categorizeByGroup: false,
  categoryOrder: ['Calls', 'State', 'Operators', 'Errors', 'Requests', 'Values', '*'],
  navigation: {
    includeCategories: true,
  },
  requiredToBeDocumented: [
    'Module',
    'Class',
    'Interface',
    'TypeAlias',
    'Function',
    'Variable',
    'Method',
    'Accessor',
  ],
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: false,
    notDocumented: true,
  },
  treatWarningsAsErrors: true,
};
