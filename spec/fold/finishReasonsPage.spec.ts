import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

describe('docs/finish-reasons.md', () => {
  it('is current', () => {
    const script = resolve(__dirname, '../../scripts/finish-reasons.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 60_000);
});
