import { costOf } from '../../lib/fold/costOf';

const price = { input: 2, output: 8 };

describe('costOf', () => {
  it.each([
    ['input and output', { prompt_tokens: 1_000_000, completion_tokens: 500_000 }, price, 6],
    [
      'cached input at its own price',
      { prompt_tokens: 1_000_000, prompt_tokens_details: { cached_tokens: 400_000 } },
      { ...price, cachedInput: 0.5 },
      1.4,
    ],
    [
      'cached input at the price of input, by default',
      { prompt_tokens: 1_000_000, prompt_tokens_details: { cached_tokens: 400_000 } },
      price,
      2,
    ],
    [
      'reasoning once, as part of the output',
      {
        prompt_tokens: 0,
        completion_tokens: 1_000_000,
        total_tokens: 1_000_000,
        completion_tokens_details: { reasoning_tokens: 900_000 },
      },
      price,
      8,
    ],
    [
      "xAI's reasoning, which its completion tokens exclude",
      {
        prompt_tokens: 0,
        completion_tokens: 100_000,
        total_tokens: 1_000_000,
        completion_tokens_details: { reasoning_tokens: 900_000 },
      },
      price,
      8,
    ],
    ['fields that are null or absent', { prompt_tokens: null, prompt_tokens_details: null }, price, 0],
  ])('counts %s', (_, usage, prices, cost) => {
    expect(costOf(usage, prices)).toBeCloseTo(cost, 10);
  });

  it('is null without usage', () => {
    expect([costOf(null, price), costOf(undefined, price)]).toEqual([null, null]);
  });
});
