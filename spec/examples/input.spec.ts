import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isLeft } from 'fp-ts/Either';

import { attachFiles } from '../../examples/chat/attachments';
import { complete } from '../../examples/chat/complete';
import { MAX_LINES, openHistory } from '../../examples/chat/inputHistory';
import { settingsIn } from '../../examples/chat/settings';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'chat-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the files in a question', () => {
  const attach = (message: string) => {
    const attached = attachFiles(message);
    return isLeft(attached) ? attached.left : attached.right.content;
  };

  it('are not attached without a known extension, or in the middle of a word', () => {
    for (const name of ['id_rsa', '.env', 'key.pem', 'a.png']) writeFileSync(join(folder, name), 'secret');
    const message = `${folder}/id_rsa ${folder}/.env ${folder}/key.pem https://example.com/a.png see:${folder}/a.png`;
    expect(attach(message)).toBe(message);
  });

  it('may be audio, and end a sentence', () => {
    writeFileSync(join(folder, 'a.MP3'), 'hum');
    expect(attach(`Who sings ${folder}/a.MP3?`)).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'Who sings a.MP3?' },
        { type: 'input_audio', input_audio: { data: 'aHVt', format: 'mp3' } },
      ],
    });
  });

  it('are reported when they exist and cannot be attached', () => {
    mkdirSync(join(folder, 'a.png'));
    writeFileSync(join(folder, 'b.txt'), 'x'.repeat(200_001));
    expect(attach(`${folder}/a.png ${folder}/b.txt`)).toBe(
      `Cannot attach ${folder}/a.png: it is not a file\nCannot attach ${folder}/b.txt: it is larger than 200 kB`,
    );
  });
});

describe('the completion of a line', () => {
  it('lists commands, fields, and paths with escaped spaces', () => {
    mkdirSync(join(folder, 'my cats'));
    writeFileSync(join(folder, 'my dog.png'), '');
    writeFileSync(join(folder, '.hidden'), '');
    expect(complete('/s', ['save', 'set', 'load'])).toEqual([['/save ', '/set '], '/s']);
    expect(complete('/set top', [])).toEqual([['top_logprobs ', 'top_p '], 'top']);
    expect(complete(`See ${folder}/my`, [])).toEqual([
      [`${folder}/my\\ cats/`, `${folder}/my\\ dog.png `],
      `${folder}/my`,
    ]);
    writeFileSync(join(folder, 'my\x1b[2J.txt'), '');
    expect(complete(`${folder}/my\\ d`, [])[0]).toEqual([`${folder}/my\\ dog.png `]);
    // Without the name that would clear the screen.
    expect(complete(`/load ${folder}/`, [])[0]).toHaveLength(2);
    expect(complete(`See ${folder}/none/`, [])).toEqual([[], `${folder}/none/`]);
    expect(complete('hello', ['help'])).toEqual([[], 'hello']);
  });
});

describe('the history of the input', () => {
  const report = jest.fn();
  const file = (): string => join(folder, 'deep/history');

  it('keeps the newest lines, without repetitions in a row', () => {
    const history = openHistory(file(), report);
    for (const line of ['one', 'one', ' ', 'two']) history.add(line);
    expect(history.lines).toEqual(['two', 'one']);
    expect(openHistory(file(), report).lines).toEqual(['two', 'one']);
    expect(report).not.toHaveBeenCalled();
  });

  it('is bounded, in memory and in its file', () => {
    const history = openHistory(file(), report);
    for (let i = 0; i < 2 * MAX_LINES + 1; i += 1) history.add(`line ${i}`);
    expect(history.lines).toHaveLength(MAX_LINES);
    expect(openHistory(file(), report).lines).toEqual(history.lines);
    expect(readFileSync(file(), 'utf8').split('\n')).toHaveLength(MAX_LINES + 1);
  });

  it('lasts for one run when its file cannot be used, which is reported once', () => {
    writeFileSync(join(folder, 'deep'), 'a file');
    const history = openHistory(file(), report);
    history.add('one');
    history.add('two');
    expect(history.lines).toEqual(['two', 'one']);
    expect(report).toHaveBeenCalledTimes(1);
  });
});

it('leaves out settings of a file that are not valid', () => {
  expect(settingsIn({ temperature: 0.2, seed: 'x', model: 'y', logprobs: true, __proto__: 1 })).toEqual({
    temperature: 0.2,
    logprobs: true,
  });
  expect(settingsIn('abc')).toEqual({});
});
