import { describeScreen } from './screens';

describeScreen('a-wide-screen', { viewport: { width: 1280, height: 800 } });
