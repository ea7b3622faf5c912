import { ConnectionError } from '../../errors';

/** The connection breaks after the head. */
export const broken = (code = 'UND_ERR_SOCKET'): ConnectionError =>
  new ConnectionError('the connection broke in the middle of the answer', 'body', code);

/** There is no connection. */
export const unreachable = (url: string, code = 'ECONNREFUSED'): ConnectionError =>
  new ConnectionError(`cannot reach ${url}`, 'connect', code);
