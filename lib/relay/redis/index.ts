/**
 * A log of answers in Redis, for a relay of several processes.
 *
 * @module rxjs-chat-completions/relay/redis
 */

export type { RedisClient } from './RedisClient';
export { redisLog, type RedisLogOptions } from './redisLog';
