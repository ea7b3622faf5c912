import DefaultTheme from 'vitepress/theme';

import Playground from './Playground.vue';
import RunExample from './RunExample.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('RunExample', RunExample);
    app.component('Playground', Playground);
  },
};
