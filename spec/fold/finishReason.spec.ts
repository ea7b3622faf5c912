import fc from 'fast-check';

import '../helpers/properties';
import { endsEarly } from '../../lib/fold/endsEarly';
import { isFailedFinish, isTransientFinish } from '../../lib/fold/failedFinish';
import { isFinishReason } from '../../lib/fold/isFinishReason';
import { finishKind } from '../../lib/fold/finishReason';
import { FINISH_REASONS } from '../helpers/finishReasons';

const spellings = (reason: string): readonly string[] => {
  const words = reason.toLowerCase().split('_');
  const camel = words
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  return [reason, reason.toUpperCase(), words.join('_'), words.join('-'), words.join(' '), camel];
};

describe('finishKind', () => {
  it.each(FINISH_REASONS.map(({ reason, kind }) => [reason, kind] as const))(
    'is for %s %s',
    (reason, kind) => {
      expect(spellings(reason).map(finishKind)).toEqual(spellings(reason).map(() => kind));
    },
  );

  it.each([
    ...[null, undefined, '', ' ', '_', 'null', 'NONE', 'undefined', 'not_finished'],
    ...['FINISH_REASON_UNSPECIFIED', 'FinishReason.FINISH_REASON_UNSPECIFIED', 'unspecified'],
  ])('is none for %j', (reason) => {
    expect(finishKind(reason)).toBe('none');
  });

  it.each(['stopped_by_alien', 'toString', '__proto__', 'constructor', '停止', '42', 'stop!', 'stop2'])(
    'is unknown for %s',
    (reason) => {
      expect(finishKind(reason)).toBe('unknown');
    },
  );

  it.each([
    ['engine_error', 'failed'],
    ['connection_lost', 'failed'],
    ['connection_reset', 'failed'],
    ['worker_killed', 'failed'],
    ['upstream_exception', 'failed'],
    ['billing_hard_limit', 'failed'],
    ['request_timed_out', 'failed'],
    ['preempted', 'failed'],
    ['compute_token_limit', 'cut-off'],
    ['max_time', 'cut-off'],
    ['max_seq_len', 'cut-off'],
    ['context_window', 'cut-off'],
    ['ContentPolicyViolation', 'cut-off'],
    ['FinishReason.STOP', 'finished'],
    ['FinishReason.MAX_TOKENS', 'cut-off'],
  ] as const)('reads the words of %s: %s', (reason, kind) => {
    expect(finishKind(reason)).toBe(kind);
  });

  it('is the same for a usual reason, which is not searched for words, as for another spelling of it', () => {
    const reasons = ['stop', 'tool_calls', 'length'];
    const facts = (reason: string): unknown => [
      finishKind(reason),
      isFailedFinish(reason),
      isFinishReason(reason),
    ];
    expect(reasons.map(facts)).toEqual(reasons.map((reason) => facts(reason.toUpperCase())));
  });

  it('is finished for nothing but the list', () => {
    const good = new Set(
      FINISH_REASONS.filter(({ kind }) => kind === 'finished').flatMap(({ reason }) => spellings(reason)),
    );
    fc.assert(
      fc.property(fc.string(), (reason) => {
        fc.pre(!good.has(reason.replace(/^finish_?reason\./i, '')));
        expect(finishKind(reason)).not.toBe('finished');
      }),
    );
  });

  it('has each reason once', () => {
    const names = FINISH_REASONS.map(({ reason }) => reason.toLowerCase().replace(/_/g, ''));
    expect(names).toEqual([...new Set(names)]);
  });

  it('lists more than sixty reasons', () => {
    expect(FINISH_REASONS.length).toBeGreaterThan(60);
  });
});

describe('isFailedFinish', () => {
  it.each(FINISH_REASONS.map(({ reason, kind }) => [reason, kind] as const))(
    'is for %s, which is %s, as finishKind',
    (reason, kind) => {
      expect(spellings(reason).map(isFailedFinish)).toEqual(spellings(reason).map(() => kind === 'failed'));
    },
  );
});

describe('endsEarly', () => {
  it.each(FINISH_REASONS.map(({ reason, kind }) => [reason, kind] as const))(
    'is for %s, which is %s, as finishKind',
    (reason, kind) => {
      const isEarly = kind === 'cut-off' || kind === 'failed';
      expect(spellings(reason).map(endsEarly)).toEqual(spellings(reason).map(() => isEarly));
    },
  );
});

describe('isTransientFinish', () => {
  it.each([
    ['network_error', true],
    ['abort', true],
    ['MALFORMED_FUNCTION_CALL', false],
    ['engine_error', true],
    ['rate_limit_exceeded', true],
    ['insufficient_quota', false],
    ['billing_error', false],
    ['compute_token_limit', false],
    ['stop', false],
    ['length', false],
    ['whatever', false],
  ])('is for %s %s', (reason, expected) => {
    expect(isTransientFinish(reason)).toBe(expected);
  });
});
