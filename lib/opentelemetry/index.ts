/**
 * Spans and metrics of OpenTelemetry, by the conventions for generative AI.
 *
 * @module rxjs-chat-completions/opentelemetry
 */

export { traced, type TracedOptions } from './traced';
