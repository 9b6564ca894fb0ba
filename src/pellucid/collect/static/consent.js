/*! Pellucid, MIT */
"use strict";
