/**
 * A connection to Redis, as the official client `redis` has it.
 *
 * For another client write an object with this method.
 *
 * @example ioredis and iovalkey
 * ```ts
 * import type { RedisClient } from 'rxjs-chat-completions/relay/redis';
 *
 * interface IoRedis {
 *   call(command: string, ...args: string[]): Promise<unknown>;
 * }
 * const fromIoRedis = (redis: IoRedis): RedisClient => ({
 *   sendCommand: ([command = '', ...args]) => redis.call(command, ...args),
 * });
 * ```
 */
export interface RedisClient {
  /** Sends a command and its arguments, and resolves with its reply. */
  readonly sendCommand: (args: string[]) => Promise<unknown>;
}
