/** The models of the page without a server. */
export const DEMO_MODELS: readonly string[] = ['scripted', 'scripted-large'];

/** Creates a `fetch` that loads the scripted model with its first request, so that the first view of the page is small. */
export function demoFetch(): typeof globalThis.fetch {
  let model: Promise<typeof globalThis.fetch> | undefined;
  const load = (): Promise<typeof globalThis.fetch> =>
    import('./demo-server').then(
      ({ scriptedModel }) => scriptedModel(),
      (error: unknown) => {
        // The next request tries again.
        model = undefined;
        throw error;
      },
    );
  return async (input, init) => (await (model ??= load()))(input, init);
}
