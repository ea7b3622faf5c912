/** The files that take longest. Jest starts a large file first, and these are small. */
const LONGEST = /(wideScreen|phone|site|examples)\.browser\.ts$/;

/** The order in which Jest starts the specs in a browser. */
export default class LongestFirst {
  sort(tests) {
    const isLong = ({ path }) => Number(LONGEST.test(path));
    return [...tests].sort((a, b) => isLong(b) - isLong(a));
  }

  cacheResults() {}
}
