/** The statuses of 4xx after which the same request may succeed: among them a lock (409), and Groq's for a tier without capacity (498). */
const PASSING = [408, 409, 425, 429, 498];

/** Whether a request that failed with a status may succeed when it is sent again, if its body gives no other reason. */
export const isTransientStatus = (status: number): boolean =>
  PASSING.includes(status) || (status >= 500 && status !== 501);
