# Opens answers by lines of R, and writes what they hold.
job <- jsonlite::fromJSON(commandArgs(TRUE)[1], simplifyVector = FALSE)
for (line in job$lines) {
  for (question in line$questions) {
    asked <- job$answers[[question]]
    out <- file.path(job$out, paste0(line$id, ".", question))
    setwd(asked$folder)
    values <- tryCatch({
      found <- suppressMessages(eval(parse(text = line$line)))
      if (!is.null(found[["records"]])) found <- found[["records"]]
      unlist(lapply(asked$names, function(name) found[[name]]))
    }, error = identity)
    if (inherits(values, "error")) {
      writeLines(conditionMessage(values), paste0(out, ".error"))
    } else if (question == "decimal" && is.character(values)) {
      writeLines(values, paste0(out, ".text"))
    } else {
      file <- file(paste0(out, ".doubles"), "wb")
      writeBin(suppressWarnings(as.double(values)), file)
      close(file)
    }
  }
}
