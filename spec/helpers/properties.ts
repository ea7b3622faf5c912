import fc from 'fast-check';

/**
 * The same examples in every run, so that a failure is a change and not luck.
 *
 * `FC_SEED=random npm test` looks for new ones; a failure reports its seed.
 */
const { FC_SEED = '20261122' } = process.env;
if (FC_SEED !== 'random') fc.configureGlobal({ seed: Number(FC_SEED) });
