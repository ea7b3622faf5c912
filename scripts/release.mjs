// Publishes the version in package.json, if all checks pass.
//
//   npm run release                          runs all checks, then publishes
//   npm run release -- --dry-run             the same, but publishes nothing, and continues after obstacles
//   npm run release -- --dry-run --checked   skips the checks
//
// The provenance of a package names its commit and the CI job that built it, and only such a job can sign it. So this script
// runs there, on the tagged commit, with npm's own credentials.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { npmCommand } from './npm.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version, repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { values: options } = parseArgs({
  options: { 'dry-run': { type: 'boolean' }, checked: { type: 'boolean' } },
});
const dryRun = options['dry-run'] === true;

console.log(`${name} ${version}${dryRun ? ', a dry run' : ''}`);
const obstacles = [...findObstacles()];
for (const obstacle of obstacles) console.log(`${dryRun ? 'would refuse' : 'refused'}: ${obstacle}`);
if (obstacles.length > 0 && !dryRun) process.exit(1);
if (!(dryRun && options.checked)) check();
publish();

/** Yields the reasons why this version cannot be published. */
function* findObstacles() {
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const heading = `## [${version}] - `;
  if (!changelog.includes(`\n${heading}`))
    yield `CHANGELOG.md has no section that begins with \`${heading}\``;
  if (!existsSync(join(root, 'spec/released', version, 'README.md')))
    yield `spec/released/${version} does not contain README.md and the guides, whose examples later versions must run`;
  if (repository === undefined)
    yield 'package.json has no `repository`, which npm compares with the provenance';
  if (git('status', '--porcelain') !== '') yield 'the working tree has changes that are not committed';
  if (!git('tag', '--points-at', 'HEAD').split('\n').includes(`v${version}`)) {
    yield `the commit is not tagged v${version}`;
  }
}

function check() {
  const { status } = run('bash', ['.ci/run'], { STRICT_CONSUMERS: '1' });
  if (status !== 0) stop('A check failed; nothing was published.');
}

function publish() {
  const [command, npmOptions, ...before] = npmCommand();
  const args = ['publish', '--provenance', '--access', 'public', '--ignore-scripts', '--loglevel=error'];
  // `npm install` must not install a version such as 1.0.0-beta.1 by default.
  if (version.includes('-')) args.push('--tag', 'next');
  // With --force npm does not check for an existing version, so the dry run works offline and after a release.
  if (dryRun) args.push('--dry-run', '--force');
  if (run(process.execPath, ['scripts/ensure-built.mjs']).status !== 0)
    stop('The build failed; nothing was published.');
  if (run(command, [...before, ...args], {}, npmOptions).status !== 0) stop('npm publish failed.');
  console.log(dryRun ? 'Nothing was published.' : `Published ${name} ${version}.`);
}

function run(command, args, env = {}, more = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env }, ...more });
}

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'git failed';
}

function stop(reason) {
  console.error(reason);
  process.exit(1);
}
