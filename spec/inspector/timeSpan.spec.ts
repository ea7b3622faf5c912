import { Lane } from '../../lib/inspector/log/Lane';
import { newestTime, timeOf } from '../../lib/inspector/view/navigate/timeSpan';

describe('the time in view', () => {
  const lane = (call: number, startedAt: number, endedAt: number | null): Lane =>
    Object.assign(new Lane({ label: '', call, attempt: 1, startedAt }), { endedAt });
  const lengthOf = ({ from, to }: { readonly from: number; readonly to: number }): number =>
    Math.round((to - from) / 1.06);

  it('is that of all lanes, until now while one is open', () => {
    const lanes = [lane(1, 1_000, 2_000), lane(2, 5_000, null)];
    expect(lengthOf(timeOf(lanes, 9_000))).toBe(8_000);
    expect(lengthOf(timeOf([], 9_000))).toBe(100);
  });

  it('follows the newest call, with its attempts and with calls without a pause between them', () => {
    const lanes = [lane(1, 0, 100), lane(2, 5_000, 5_010), lane(2, 8_000, 8_500), lane(3, 8_600, 9_000)];
    expect(lengthOf(newestTime(lanes, 20_000))).toBe(4_000);
    expect(lengthOf(newestTime([...lanes, lane(4, 19_000, null)], 20_000))).toBe(1_000);
  });
});
