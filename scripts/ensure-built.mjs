// What starts Tina's programs from elsewhere than npm runs this first: builds them when their sources are newer.
import { prepare } from './lib/prepare.mjs';

prepare({ build: true });
