import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const script = pathToFileURL(resolve(__dirname, '../../scripts/install.mjs')).href;
const folder = mkdtempSync(join(tmpdir(), 'install-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An npm that installs package `a`, waits for the file `go`, and ends. */
const NPM = `
const { existsSync, mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('node_modules/a', { recursive: true });
writeFileSync('node_modules/a/package.json', '{}');
setInterval(() => existsSync('go') && process.exit(Number(process.argv[3])), 10);
if (process.argv[3] !== '0') console.error('npm error no network');
`;

interface Run {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs an installation with a replaced npm. `go` is created when `isReady`. */
function install(name: string, exitCode: number, isReady: (stderr: string) => boolean): Promise<Run> {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/@b/c': { version: '1.0.0', integrity: 'sha512-c', dev: true },
    'node_modules/d': { version: '1.0.0', integrity: 'sha512-d', optional: true },
  };
  writeFileSync(join(cwd, 'package-lock.json'), JSON.stringify({ packages }));
  writeFileSync(join(cwd, 'npm-cli.js'), NPM);
  const code = `const { install } = await import(${JSON.stringify(script)});
    await install('packages of a spec', ['ci', '${exitCode}'], ${JSON.stringify(cwd)});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, npm_execpath: join(cwd, 'npm-cli.js') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (isReady(stderr) && !existsSync(join(cwd, 'go'))) writeFileSync(join(cwd, 'go'), '');
  });
  return new Promise((done) => child.on('close', (exit) => done({ code: exit, stderr })));
}

describe('install', () => {
  it('prints the packages and the time, at once and while npm runs', async () => {
    const { code, stderr } = await install('done', 0, (text) => text.includes('1 of 2'));
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toBe('Installing packages of a spec: 0 of 2 packages, 0 s');
    expect(lines[1]).toMatch(/^Installing packages of a spec: 1 of 2 packages \(a\), \d+ s$/);
    expect(lines.at(-1)).toMatch(/^Installed packages of a spec: 2 packages in \d+ s$/);
    expect(code).toBe(0);
  });

  it('prints the output of npm on a failure, and exits with 1', async () => {
    const { code, stderr } = await install('failed', 3, (text) => text.includes('0 of 2'));
    expect(stderr).toMatch(/\nnpm error no network\nnpm ci failed\.\n$/);
    expect(code).toBe(1);
  });
});

describe('ensureInstalled', () => {
  const { packages } = JSON.parse(readFileSync(resolve(__dirname, '../../package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
  };
  const installed = (state: object): string => {
    const cwd = mkdtempSync(join(folder, 'installed-'));
    mkdirSync(join(cwd, 'node_modules'));
    writeFileSync(join(cwd, 'package-lock.json'), JSON.stringify({ packages }));
    writeFileSync(join(cwd, 'node_modules/.package-lock.json'), JSON.stringify({ packages: state }));
    // An npm that prints its arguments, and fails.
    writeFileSync(join(cwd, 'npm-cli.js'), 'console.error(process.argv.slice(2).join(" ")); process.exit(1)');
    return cwd;
  };
  const ensure = (cwd: string, dev: boolean): string => {
    const code = `const { ensureInstalled } = await import(${JSON.stringify(script)});
      await ensureInstalled('packages of a spec', ${JSON.stringify(cwd)}, { dev: ${dev} });`;
    const env = { ...process.env, npm_execpath: join(cwd, 'npm-cli.js') };
    return spawnSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' }).stderr;
  };
  const withoutDev = Object.fromEntries(
    Object.entries(packages).filter(([, { dev, optional }]) => dev !== true && optional !== true),
  );

  it('installs nothing if the required packages are there', () => {
    expect(ensure(installed(packages), true)).toBe('');
    expect(ensure(installed(withoutDev), false)).toBe('');
  });

  it('installs what is missing, or has another version', () => {
    expect(ensure(installed(withoutDev), true)).toContain('ci --include=dev');
    expect(ensure(installed({}), false)).toContain('ci --omit=dev');
    const rxjs = { ...packages['node_modules/rxjs'], version: '7.0.0' };
    expect(ensure(installed({ ...withoutDev, 'node_modules/rxjs': rxjs }), false)).toContain('ci --omit=dev');
  });

  it('keeps development dependencies that are there', () => {
    const rxjs = { ...packages['node_modules/rxjs'], version: '7.0.0' };
    expect(ensure(installed({ ...packages, 'node_modules/rxjs': rxjs }), false)).toContain(
      'ci --include=dev',
    );
  });

  it('lays packages out as package-lock.json does, whatever the configuration of the user', () => {
    expect(ensure(installed({}), false)).toContain('--install-strategy=hoisted --no-legacy-peer-deps');
  });

  it.each([
    ['nothing', undefined],
    ['a part', '{"packages":{"node_mod'],
  ])('installs everything where an interrupted install has left %s', (_, text) => {
    const cwd = installed({});
    const file = join(cwd, 'node_modules/.package-lock.json');
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    expect(ensure(cwd, false)).toContain('\nci --omit=dev');
  });

  it('needs few packages for the examples that run from source', () => {
    expect(Object.keys(withoutDev).length).toBeLessThan(25);
  });
});
