import { from, NEVER, type Observable } from 'rxjs';

import type { ChatConfig } from '../../lib/call/config';
import { loadedOllamaModels$, ollamaModels$ } from '../../lib/dialects/ollama/ollamaModels';
import { pull$ } from '../../lib/dialects/ollama/pull';
import { isChatError } from '../../lib/errors';
import type { TransportRequest } from '../../lib/transport/transport';
import { bytesOf, cutAt, outcomeOf } from '../helpers/reads';

const answering = (body: string, type = 'application/x-ndjson', status = 200): ChatConfig => ({
  transport: () => from([{ status, headers: { 'content-type': type } }, ...cutAt(bytesOf(body), [1, 9, 40])]),
});
const endOf = (call$: Observable<unknown>): unknown => {
  const { end, error } = outcomeOf(call$);
  return isChatError(error) ? error._tag : (error ?? end);
};

describe('a pull', () => {
  const layer = '{"status":"pulling a","digest":"sha256:a","total":100,"completed":50}\n';
  const success = '{"status":"success"}\n';

  it.each<readonly [string, string, unknown, readonly number[]]>([
    ['of one layer', layer + success, 'complete', [0.5, 1]],
    ['that is up to date', success, 'complete', [1]],
    ['with CRLF', `${layer}${success}`.replace(/\n/g, '\r\n'), 'complete', [0.5, 1]],
    ['with a byte order mark', `\uFEFF${layer}${success}`, 'complete', [0.5, 1]],
    ['with blank lines', `\n\n${layer}\n \n${success}`, 'complete', [0.5, 1]],
    ['without the last line end', `${layer}${success.trimEnd()}`, 'complete', [0.5, 1]],
    ['of objects over several lines', '{\n  "status": "success"\n}\n', 'complete', [1]],
    ['with more after success', success + layer, 'complete', [1]],
    ['of unknown fields', '{"x":1}\n{"status":"success","y":[]}\n', 'complete', [0, 1]],
    ['of fields of another type', '{"status":5,"total":"9"}\n' + success, 'complete', [0, 1]],
    ['with more than all bytes', layer.replace('50}', '500}') + success, 'complete', [0.999, 1]],
    ['with a negative count', layer.replace('50}', '-50}') + success, 'complete', [0, 1]],
    [
      'of a layer without a size',
      '{"status":"pulling a","digest":"sha256:a"}\n' + success,
      'complete',
      [0, 1],
    ],
    ['whose layer grows', layer + layer.replace('100', '1000') + success, 'complete', [0.5, 0.5, 1]],
    ['without a body', '', 'TruncatedError', []],
    ['that ends early', layer, 'TruncatedError', [0.5]],
    ['that ends in a record', layer + success.slice(0, 9), 'TruncatedError', [0.5]],
    ['that ends in an object over several lines', '{\n  "status": "suc', 'TruncatedError', []],
    ['that fails', layer + '{"error":"max retries exceeded"}\n', 'ServerError', [0.5]],
    ['that fails at once', '{"error":"pull model manifest: file does not exist"}', 'ServerError', []],
    ['that fails in another form', '{"error":{"message":"no space left"}}\n', 'ServerError', []],
    ['that is a list', '[]\n', 'ProtocolError', []],
    ['that is text', 'not found\n', 'ProtocolError', []],
    ['that is a web page', '<html><body>Sign in</body></html>', 'ProtocolError', []],
    ['with a line that is not JSON', layer + 'oops\n' + success, 'ProtocolError', [0.5]],
  ])('%s', (_, body, end, fractions) => {
    const { values } = outcomeOf(pull$(answering(body), 'any'));
    expect(values.map(({ fraction }) => fraction)).toEqual(fractions);
    expect(endOf(pull$(answering(body), 'any'))).toBe(end);
  });

  it.each([
    ['http://localhost:11434', 'http://localhost:11434/api/pull'],
    ['http://localhost:11434/v1/', 'http://localhost:11434/api/pull'],
    ['http://localhost:11434/api', 'http://localhost:11434/api/pull'],
    ['https://example.com/ollama/v1?key=x', 'https://example.com/ollama/api/pull?key=x'],
    [' http://localhost:11434/v1 ', 'http://localhost:11434/api/pull'],
  ])('at %j is sent to %j', (baseURL, url) => {
    let sent: TransportRequest | undefined;
    const transport = (request: TransportRequest): Observable<never> => {
      sent = request;
      return NEVER;
    };
    pull$({ transport, baseURL }, 'any').subscribe().unsubscribe();
    expect(sent?.url).toBe(url);
  });
});

describe.each([
  ['ollamaModels$', ollamaModels$],
  ['loadedOllamaModels$', loadedOllamaModels$],
])('%s', (_, models$) => {
  it.each<readonly [string, string, unknown, unknown]>([
    ['no models', '{"models":[]}', 'complete', [[]]],
    ['null', '{"models":null}', 'complete', [[]]],
    ['an empty object, not a list', '{}', 'ProtocolError', []],
    ['unknown fields', '{"models":[{"name":"a","x":1}]}', 'complete', [[{ name: 'a', x: 1 }]]],
    ['an error', '{"error":"down"}', 'ServerError', []],
    ['a web page', '<html>Sign in</html>', 'ProtocolError', []],
    ['text', 'Ollama is running', 'ProtocolError', []],
    ['half of the JSON', '{"models":[{"na', 'ProtocolError', []],
    ['no body', '', 'ProtocolError', []],
  ])('reads %s', (__, body, end, values) => {
    const config = answering(body, 'application/json');
    expect(outcomeOf(models$(config)).values).toEqual(values);
    expect(endOf(models$(config))).toBe(end);
  });
});
