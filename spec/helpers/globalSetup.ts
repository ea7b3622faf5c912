import { llamaServerFolder, sharedFolder } from './shared';

/** Reports once per run, and not once per spec, what is missing beside the checkout. */
export default function globalSetup(): void {
  if (sharedFolder === undefined) {
    process.stderr.write('recordings not found beside the checkout: only those in spec/fixtures are used\n');
  }
  if (llamaServerFolder === undefined) {
    process.stderr.write(
      'llama-server not found beside the checkout: the specs with a live server are skipped\n',
    );
  }
}
