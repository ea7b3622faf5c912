import type { DialectName } from 'rxjs-chat-completions/testing';

import { fitting } from './operators';
import { SITUATIONS } from './situations';

/** Settings in the address of the playground. */
export interface Settings {
  readonly server: DialectName;
  readonly situation: string;
  /** The ids of the operators, in order. */
  readonly pipe: readonly string[];
  readonly time: 'virtual' | 'real';
}

export const SERVERS: readonly DialectName[] = [
  'ollama',
  'openai',
  'llama.cpp',
  'openrouter',
  'azure',
  'groq',
  'deepseek',
  'mistral',
];

const DEFAULTS: Settings = {
  server: 'ollama',
  situation: 'storm',
  pipe: ['retry-5', 'content'],
  time: 'virtual',
};

/** Reads settings from the hash of an address. What is unknown has its default. */
export function settingsOf(hash: string): Settings {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const pipe = params.get('pipe');
  return {
    server: SERVERS.find((name) => name === params.get('server')) ?? DEFAULTS.server,
    situation: SITUATIONS.find(({ id }) => id === params.get('situation'))?.id ?? DEFAULTS.situation,
    pipe: pipe === null ? DEFAULTS.pipe : fitting(pipe.split(',').filter(Boolean)).map(({ id }) => id),
    time: params.get('time') === 'real' ? 'real' : DEFAULTS.time,
  };
}

/** Returns the hash of an address for settings. */
export const hashOf = ({ server, situation, pipe, time }: Settings): string =>
  `#${new URLSearchParams({ server, situation, pipe: pipe.join(','), time }).toString().replaceAll('%2C', ',')}`;
