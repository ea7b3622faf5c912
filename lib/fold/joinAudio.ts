import { append, firstNonEmpty, isObject, join, latest, type Rule, type Rules } from './join';

const AUDIO_RULES: Rules = new Map([
  ['id', firstNonEmpty],
  ['data', append],
  ['transcript', append],
]);

/** Joins fragments of audio: sound and transcript are appended. */
export const joinAudio: Rule = (before, delta, draft) =>
  isObject(delta) ? join(isObject(before) ? before : {}, delta, AUDIO_RULES, draft) : latest(before, delta);
