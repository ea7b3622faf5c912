import type * as t from 'io-ts';

import { fields } from '../../codec/fields';
import { lenientNumber, lenientText } from '../../codec/lenient';

/** A message of Ollama while it pulls a model. */
export interface PullStatus {
  /** `pulling manifest`, `pulling 6a0746a1ec1a`, `verifying sha256 digest`, `success`, … */
  readonly status?: string | null;
  /** The layer of the model that `total` and `completed` count. */
  readonly digest?: string | null;
  /** Bytes of the layer. */
  readonly total?: number | null;
  /** Bytes of the layer that have been downloaded. */
  readonly completed?: number | null;
}

/** The codec of {@link PullStatus}. */
export const PullStatus: t.Type<PullStatus, unknown> = fields(
  {
    status: lenientText,
    digest: lenientText,
    total: lenientNumber,
    completed: lenientNumber,
  },
  'PullStatus',
);

/** The progress of a pull: the last message of Ollama, and the progress of all layers. */
export interface PullProgress extends PullStatus {
  /**
   * Progress of all layers that are known so far, from 0 to 1. It never decreases, and is 1 only at the end.
   *
   * Ollama announces a layer when its download begins. The weights are the first, and nearly all of the bytes.
   */
  readonly fraction: number;
}

/** The progress so far, with the layers that it counts. */
export interface Pull {
  readonly progress: PullProgress;
  readonly layers: ReadonlyMap<string, { readonly total: number; readonly completed: number }>;
}

/** The progress before the first message. */
export const emptyPull: Pull = { progress: { fraction: 0 }, layers: new Map() };

/** The status of the last message. */
export const SUCCESS = 'success';

/** Adds a message to the progress. */
export function addPullStatus({ progress, layers }: Pull, message: PullStatus): Pull {
  const { digest, total, completed } = message;
  const isCounted = digest && total && (layers.has(digest) || layers.size < MAX_LAYERS);
  const counted = isCounted ? new Map(layers).set(digest, { total, completed: completed ?? 0 }) : layers;
  const [sum, done] = [...counted.values()].reduce(
    (sums, layer) => [sums[0] + layer.total, sums[1] + layer.completed],
    [0, 0],
  );
  // Verifying and writing follow the last byte.
  const most = Math.min(done / sum || 0, ALMOST);
  const fraction = message.status === SUCCESS ? 1 : Math.max(progress.fraction, most);
  return { progress: { ...message, fraction }, layers: counted };
}

/** The most layers that are counted; a model has about five. */
const MAX_LAYERS = 100;

/** The most that is reported before the end. */
const ALMOST = 0.999;
