import { ConnectionError } from '../../errors';

/** Creates the error of a connection that breaks after the head. */
export const brokenError = (code = 'UND_ERR_SOCKET'): ConnectionError =>
  new ConnectionError('the connection broke before the response ended', 'body', code);

/** Creates the error of a server that cannot be reached. */
export const unreachableError = (url: string, code = 'ECONNREFUSED'): ConnectionError =>
  new ConnectionError(`cannot reach ${url}`, 'connect', code);
