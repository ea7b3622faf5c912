import { calculate } from '../../examples/chat/calculator';

describe('calculate', () => {
  it.each([
    ['2', 2],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 4 / 2', 1],
    ['10 - 4 - 3', 3],
    ['-(2 + .5) * -2', 5],
    ['2 * -3', -6],
    ['1.50 + 1.', 2.5],
  ])('returns the value of %j', (expression, value) => {
    expect(calculate(expression)).toBe(value);
  });

  it.each([
    ['', 'expected a number, got the end'],
    ['1 +', 'expected a number, got the end'],
    ['* 2', 'expected a number, got *'],
    ['(1 + 2', 'a bracket is not closed'],
    ['1 2', 'unexpected 2'],
    ['1)', 'unexpected )'],
    ['process.exit()', 'expected a number, got p'],
    ['1 / 0', 'the result is not finite'],
    ['('.repeat(101), 'the expression is nested too deeply'],
    ['1 toString 2', 'unexpected t'],
  ])('rejects %j', (expression, message) => {
    expect(() => calculate(expression)).toThrow(message);
  });
});
