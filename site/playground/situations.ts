import type { Reply } from 'rxjs-chat-completions/testing';

/** A situation on a real network, as replies of the scripted model. */
export interface Situation {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly replies: Reply | readonly Reply[];
}

const BUSY: Reply = {
  status: 429,
  message: 'Rate limit reached.',
  headers: { 'retry-after': '1' },
};

const RECIPE =
  '{"title":"Pancakes","servings":4,"steps":["Whisk eggs, milk and flour.","Fry until golden."]}';

export const SITUATIONS: readonly Situation[] = [
  {
    id: 'plain',
    name: 'A plain answer',
    hint: 'A head, a chunk for each word, a finish reason, usage, [DONE].',
    replies: { parts: ['Hello there, this answer arrives word by word.'] },
  },
  {
    id: 'slow-start',
    name: 'Slow start',
    hint: 'The server loads its model before it responds. Add chatTimeout to give up earlier.',
    replies: { parts: ['Loaded. Here I am.'], headAfterMs: 1_500 },
  },
  {
    id: 'storm',
    name: '429 storm',
    hint: 'Four responses with status 429 and retry-after: 1. retryChat() gives up after two retries, retryChat({ count: 5 }) does not.',
    replies: [BUSY, BUSY, BUSY, BUSY, { parts: ['The fifth attempt succeeds.'] }],
  },
  {
    id: 'cut',
    name: 'Cut connection',
    hint: 'The connection breaks during the answer. The text stays, and the error follows it. retryChat({ restart: true }) starts again.',
    replies: [
      { parts: ['This answer breaks off in the', { cut: 'socket' }] },
      { parts: ['The second attempt is complete.'] },
    ],
  },
  {
    id: 'stall',
    name: 'Stall',
    hint: 'Two seconds without data. Add chatTimeout({ idle: 1_000 }) to abort instead of waiting.',
    replies: { parts: ['Wait for it …', { stall: 2_000 }, ' here it is.'] },
  },
  {
    id: 'bad-chunk',
    name: 'Bad chunk',
    hint: 'A chunk that is not JSON is a Left. A fold fails at it, unless its policy is to skip it.',
    replies: { parts: ['Before,', { bad: 'json' }, ' and after.'] },
  },
  {
    id: 'tools',
    name: 'Tool calls',
    hint: 'The arguments of a call arrive in fragments, as the server sends them.',
    replies: {
      parts: [
        'Let me look.',
        { toolCall: { id: 'call_1', name: 'weather', arguments: { city: 'Oslo', unit: 'celsius' } } },
        { toolCall: { id: 'call_2', name: 'weather', arguments: { city: 'Bergen' } } },
      ],
    },
  },
  {
    id: 'think',
    name: '<think>',
    hint: 'A server that leaves the reasoning in the text. Add splitThinking() to move it to its own field.',
    replies: { parts: ['<think>The user greets me.</think>Hello, and welcome.'] },
  },
  {
    id: 'object',
    name: 'An object',
    hint: 'JSON that is decoded while it is written. Add structured(Recipe).',
    replies: { parts: [{ text: RECIPE.match(/.{1,7}/g) ?? [] }] },
  },
];
