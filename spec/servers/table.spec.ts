import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

describe('docs/server-fields.md', () => {
  it('has the facts in lib/servers', () => {
    const script = resolve(__dirname, '../../scripts/server-fields.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 60_000);
});
