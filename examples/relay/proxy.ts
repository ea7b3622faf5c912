import { request as send, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';

/** Passes a request to the first process that accepts it. Without buffering, and closed on both sides at once. */
export const passOn =
  (portsOf: () => readonly number[]): RequestListener =>
  (request, response) => {
    const tryNext = ([port, ...others]: readonly number[]): void => {
      if (port === undefined) {
        response.writeHead(503, { 'retry-after': '1' }).end();
        return;
      }
      const { method, url, headers } = request;
      const upstream = send({ host: '127.0.0.1', port, method, path: url, headers }, (answer) =>
        passBack(answer, response),
      );
      upstream.on('error', () => {
        if (response.headersSent) response.destroy();
        else if (method === 'POST')
          response.destroy(); // Its body has been sent. The reader retries with the same key.
        else tryNext(others);
      });
      response.once('close', () => upstream.destroy());
      request.pipe(upstream);
    };
    tryNext(portsOf());
  };

function passBack(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.once('error', () => response.destroy());
  answer.once('close', () => {
    if (!answer.complete) response.destroy();
  });
  answer.pipe(response);
}
