export { runExample } from './runExample';
