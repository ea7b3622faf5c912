/** Formats the day of a measurement: `30 November 2026`. */
export const dayOf = (date) =>
  date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
