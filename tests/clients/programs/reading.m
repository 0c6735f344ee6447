% Opens answers by lines of Octave, and writes what they hold.
job = jsondecode(fileread(argv(){1}));
for line = job.lines.'
  for i = 1:numel(line.questions)
    question = line.questions{i};
    asked = job.answers.(question);
    out = fullfile(job.out, [line.id "." question]);
    cd(asked.folder);
    try
      found = eval(line.line);
      values = {};
      for k = 1:numel(asked.names)
        if isstruct(found)
          values{k} = found.(asked.names{k});
        else
          values{k} = found(:, end - numel(asked.names) + k);
        end
      end
      values = vertcat(values{:});
    catch failure
      file = fopen([out ".error"], "w"); fputs(file, failure.message); fclose(file);
      continue
    end
    if strcmp(question, "decimal") && iscellstr(values)
      file = fopen([out ".text"], "w"); fputs(file, strjoin(values.', "\n")); fclose(file);
    else
      file = fopen([out ".doubles"], "w"); fwrite(file, double(values), "double"); fclose(file);
    end
  end
end
