import { Lane } from '../../lib/inspector/log/Lane';
import { CallLog } from 'rxjs-chat-completions/inspector';

const clock = { now: () => 0 };
const request = (body: string) => ({ method: 'POST', url: '/v1', headers: {}, body }) as const;
const text = (raw: string) => ({ kind: 'text', title: 'a', raw, value: undefined }) as const;

describe('CallLog', () => {
  it('keeps a bounded number of lanes, the newest', () => {
    const log = new CallLog({ clock, lanes: 3 });
    for (let i = 0; i < 10; i++) log.add(log.openAttempt(request(String(i))), text(''));
    expect(log.lanes.map(({ call }) => call)).toEqual([8, 9, 10]);
    expect(log.usage).toMatchObject({ marbles: 3, dropped: 7 });
  });

  it('keeps a bounded number of marbles, and counts those that are dropped', () => {
    const log = new CallLog({ clock, marbles: 100 });
    const lane = log.openStream('a');
    for (let i = 0; i < 1_000; i++) log.add(lane, text(String(i)));
    expect(log.usage.marbles).toBeLessThanOrEqual(100);
    expect(log.usage.marbles + log.usage.dropped).toBe(1_000);
    expect(lane.marbles.at(-1)?.raw).toBe('999');
    expect(lane.marbles).toHaveLength(log.usage.marbles);
    expect(lane.dropped).toBe(log.usage.dropped);
  });

  it('keeps a bounded size: first without the reads, then without the oldest marbles', () => {
    const log = new CallLog({ clock, size: 10_000 });
    const lane = log.openAttempt(request('{}'));
    log.addPart(lane, new Uint8Array(8_000));
    log.add(lane, text('x'.repeat(2_000)));
    expect(lane).toMatchObject({ recording: { parts: [] }, isComplete: false, dropped: 0 });
    for (let i = 0; i < 10; i++) log.add(lane, text('x'.repeat(2_000)));
    expect(log.usage.size).toBeLessThanOrEqual(10_000);
    expect(lane.dropped).toBeGreaterThan(0);
  });

  it('ignores the events of a lane that was dropped or cleared', () => {
    const log = new CallLog({ clock, lanes: 1 });
    const first = log.openStream('a');
    log.openStream('b');
    log.add(first, text('late'));
    log.addPart(first, new Uint8Array(100));
    expect(log.usage).toMatchObject({ marbles: 0, size: 0 });
    log.clear();
    expect(log.lanes).toEqual([]);
  });

  it('copies the bytes of a read, whose memory may be used again', () => {
    const log = new CallLog({ clock });
    const lane = log.openAttempt(request('{}'));
    const bytes = new Uint8Array([1]);
    log.addPart(lane, bytes);
    bytes[0] = 2;
    expect(lane.recording.parts[0]?.part).toEqual(new Uint8Array([1]));
  });

  it('emits at every change', () => {
    const log = new CallLog({ clock });
    let changes = 0;
    log.changes$.subscribe(() => (changes += 1));
    log.add(log.openStream('a'), text(''));
    log.clear();
    expect(changes).toBe(3);
  });
});

describe('Lane', () => {
  it('has failed also after a retry was planned', () => {
    const lane = new Lane({ label: 'a', call: 1, attempt: 1, startedAt: 0 });
    const add = (kind: 'error' | 'retry') => lane.add({ kind, title: '', raw: '', value: undefined, at: 1 });
    expect(lane.hasFailed).toBe(false);
    add('error');
    add('retry');
    expect(lane.hasFailed).toBe(true);
  });
});
