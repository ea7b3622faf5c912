const TOKENS = /\s*(\d+(?:\.\d*)?|\.\d+|\S)/gy;
/** Deepest nesting of brackets and signs. */
const MAX_DEPTH = 100;

/**
 * Calculates an arithmetic expression with `+ - * / ( )`, by recursive descent.
 *
 * ```text
 * sum     = product (('+' | '-') product)*
 * product = factor (('*' | '/') factor)*
 * factor  = ('+' | '-') factor | '(' sum ')' | number
 * ```
 *
 * @throws SyntaxError for anything else, RangeError for a result that is not finite.
 */
export function calculate(expression: string): number {
  const tokens = [...expression.trimEnd().matchAll(TOKENS)].map(([, token = '']) => token);
  let at = 0;
  let depth = 0;

  const operations = (operand: () => number, apply: Operations): number => {
    let value = operand();
    for (let next = apply[tokens[at] ?? '']; next !== undefined; next = apply[tokens[at] ?? '']) {
      at += 1;
      value = next(value, operand());
    }
    return value;
  };
  const sum = (): number => operations(product, SUMS);
  const product = (): number => operations(factor, PRODUCTS);
  const factor = (): number => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new SyntaxError('the expression is nested too deeply');
    const value = operand();
    depth -= 1;
    return value;
  };
  const operand = (): number => {
    const token = tokens[at];
    at += 1;
    if (token === '-') return -factor();
    if (token === '+') return factor();
    if (token !== '(') return numberOf(token);
    const value = sum();
    if (tokens[at] !== ')') throw new SyntaxError('a bracket is not closed');
    at += 1;
    return value;
  };

  const result = sum();
  if (at < tokens.length) throw new SyntaxError(`unexpected ${tokens[at] ?? ''}`);
  if (!Number.isFinite(result)) throw new RangeError('the result is not finite');
  return result;
}

function numberOf(token = 'the end'): number {
  if (!/\d/.test(token)) throw new SyntaxError(`expected a number, got ${token}`);
  return Number(token);
}

type Operations = Readonly<Record<string, ((left: number, right: number) => number) | undefined>>;

const SUMS: Operations = { '+': (a, b) => a + b, '-': (a, b) => a - b };
const PRODUCTS: Operations = { '*': (a, b) => a * b, '/': (a, b) => a / b };
