import { HttpError, type HttpErrorFields } from '../../lib/errors';

/** An error of a response with the given fields, and none of the others. */
export const httpError = (fields: Partial<HttpErrorFields> & { readonly status: number }): HttpError =>
  new HttpError({ serverMessage: '', ...fields });
