#include "ckinship.h"
