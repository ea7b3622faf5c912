import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

describe('docs/faults.md', () => {
  it('lists the faults of the specs in this folder', () => {
    const script = resolve(__dirname, '../../scripts/faults-table.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 60_000);
});
