#include <sqlite3.h>

// Swift calls no function with a variable number of arguments. A mistyped
// column in double quotes is an error, not a text.
static inline void guitu_refuse_double_quoted_texts(sqlite3 *database) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, (void *)0);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, (void *)0);
}
