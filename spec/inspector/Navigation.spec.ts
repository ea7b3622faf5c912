import { CallLog } from '../../lib/inspector/log/CallLog';
import type { Lane } from '../../lib/inspector/log/Lane';
import type { MarbleKind } from '../../lib/inspector/log/Marble';
import { Navigation } from '../../lib/inspector/view/navigate/Navigation';

let time: number;
let log: CallLog;
let navigation: Navigation;

beforeEach(() => {
  time = 0;
  log = new CallLog({ clock: { now: () => time } });
  navigation = new Navigation(log);
});

/** Adds a lane that starts at the time of its first marble. */
function addLane(...marbles: ReadonlyArray<readonly [kind: MarbleKind, at: number]>): Lane {
  time = marbles[0]?.[1] ?? 0;
  const lane = log.openStream('values');
  for (const [kind, at] of marbles) {
    time = at;
    log.add(lane, { kind, title: '', raw: '', value: at });
  }
  return lane;
}

const selectedAt = (): number | undefined => navigation.selected?.marble.at;

describe('the navigation of a log', () => {
  it('has nothing to select in an empty log', () => {
    expect(navigation.selected).toBeUndefined();
    expect(navigation.origin).toBe(0);
    expect(navigation.view).toEqual(navigation.all);
  });

  it('begins at the first call before anything is received', () => {
    time = 40;
    log.openStream('values');
    expect(navigation.selected).toBeUndefined();
    expect(navigation.origin).toBe(40);
  });

  it('follows the newest marble', () => {
    addLane(['value', 0], ['value', 300]);
    expect(selectedAt()).toBe(300);
    addLane(['value', 5_000]);
    expect(selectedAt()).toBe(5_000);
    expect(navigation.isFollowing).toBe(true);
  });

  it('keeps the chosen marble when newer ones arrive, until it follows again', () => {
    const lane = addLane(['value', 0], ['value', 300]);
    navigation.select({ lane, marble: lane.marbles[0]! });
    addLane(['value', 5_000]);
    expect(selectedAt()).toBe(0);
    expect(navigation.isFollowing).toBe(false);
    navigation.follow();
    expect(selectedAt()).toBe(5_000);
    expect(navigation.isFollowing).toBe(true);
  });

  it('keeps the newest marble selected when only the view is changed', () => {
    addLane(['value', 0], ['value', 300]);
    navigation.showAll();
    addLane(['value', 5_000]);
    expect(selectedAt()).toBe(300);
  });

  it('selects the newest marble when the lane of the chosen one is dropped', () => {
    const lane = addLane(['value', 0]);
    navigation.select({ lane, marble: lane.marbles[0]! });
    log.clear();
    expect(navigation.selected).toBeUndefined();
    addLane(['value', 70]);
    expect(navigation.selected?.marble.value).toBe(70);
  });

  it('moves the view to a marble that is selected outside of it', () => {
    const lane = addLane(['value', 0], ['value', 10_000]);
    navigation.zoom(10);
    expect(navigation.view.from).toBeGreaterThan(0);
    navigation.select({ lane, marble: lane.marbles[0]! });
    const { from, to } = navigation.view;
    expect(from).toBeLessThan(0);
    expect(to).toBeGreaterThan(0);
  });

  it('zooms around the chosen marble while it is in view, and else around the middle', () => {
    const lane = addLane(['value', 0], ['value', 2_500], ['value', 10_000]);
    navigation.select({ lane, marble: lane.marbles[1]! });
    const share = (): number => (2_500 - navigation.view.from) / (navigation.view.to - navigation.view.from);
    const before = share();
    navigation.zoom(2);
    expect(share()).toBeCloseTo(before);
    navigation.zoom(4);
    for (const middle of [8_000, 1_500]) {
      navigation.centre(middle);
      navigation.zoom(1.1);
      expect((navigation.view.from + navigation.view.to) / 2).toBeCloseTo(middle);
    }
  });

  it('pans by a share of the view, within the time that is recorded', () => {
    addLane(['value', 0], ['value', 10_000]);
    navigation.zoom(4);
    const { from, to } = navigation.view;
    navigation.pan(-0.5);
    expect(navigation.view.from).toBeCloseTo(from - (to - from) / 2);
    navigation.pan(-100);
    expect(navigation.view.from).toBe(navigation.all.from);
  });

  it('finds the next marble of a kind, and after the last one the first', () => {
    const lane = addLane(['value', 0], ['error', 10]);
    addLane(['error', 20]);
    expect(navigation.next('error')?.marble.at).toBe(10);
    navigation.select({ lane, marble: lane.marbles[1]! });
    expect(navigation.next('error')?.marble.at).toBe(20);
    navigation.select(navigation.next('error')!);
    expect(navigation.next('error')?.marble.at).toBe(10);
    expect(navigation.next('retry')).toBeUndefined();
  });
});
