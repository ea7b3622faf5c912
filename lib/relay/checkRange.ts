/**
 * Checks numbers of options. `undefined` counts as absent.
 *
 * A number from the environment may be NaN, which is neither above nor below any limit.
 *
 * @throws RangeError with the name of the option.
 */
export function checkRange(
  options: Readonly<Record<string, number | undefined>>,
  least: number,
  most = Infinity,
): void {
  for (const [name, value = least] of Object.entries(options)) {
    if (!(value >= least && value <= most)) {
      throw new RangeError(`${name} must be a number from ${least} to ${most}, not ${value}`);
    }
  }
}
