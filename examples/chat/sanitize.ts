import { stripVTControlCharacters } from 'node:util';

/** Control characters except line feed and tab, and characters that override the order of text. */
const UNSAFE = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu;

/** Removes escape sequences and control characters. Text of a model, a server or an error could control the terminal. */
export const sanitize = (text: string): string => stripVTControlCharacters(text).replace(UNSAFE, '');
