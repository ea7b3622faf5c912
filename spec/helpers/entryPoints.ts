import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** An entry point of the package, as `exports` in package.json lists it. */
export interface EntryPoint {
  /** The specifier that users import. */
  readonly name: string;
  /** Its source file, from the root. */
  readonly source: string;
}

/** Reads the entry points from package.json: Jest cannot load the module of the scripts that does the same. */
export function entryPointsOf(root: string): readonly EntryPoint[] {
  const { name, exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly import: { readonly default: string } }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            name: path.replace('.', name),
            source: target.import.default.replace(/^\.\/dist\/(.+)\.js$/, 'lib/$1.ts'),
          },
        ],
  );
}
