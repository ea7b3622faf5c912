import { describeScreen } from './screens';

describeScreen('a-phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
